/* A layer between a program and its files that forgets at a power failure what was not synced.
 *
 * Loaded with LD_PRELOAD. It keeps, in the folder KEPT, what each file and each directory was when
 * it was synced last, by inode: the strictest disk that POSIX allows. After the program was killed
 * the test rebuilds the files from there. Syncs of the kind LOST ("file", or the depth of a
 * directory below TOP as a digit) are forgotten, too, as if the program did not make them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
    perror(what);
    abort();
}

/* The kind of what is synced: 'f', or the depth below TOP; 0 outside of it. */
static char kind(int fd, const struct stat *stat) {
    char link[64], path[4096];
    const char *top = getenv("TOP");
    size_t length = strlen(top);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t read = readlink(link, path, sizeof path - 1);
    if (read < 0) fail("readlink");
    path[read] = 0;
    if (strncmp(path, top, length) != 0) return 0;
    if (S_ISREG(stat->st_mode)) return 'f';
    char depth = '0';
    for (const char *rest = path + length; *rest; rest++) depth += *rest == '/';
    return depth;
}

static void keep_file(int fd, FILE *kept) {
    char bytes[4096];
    ssize_t read;
    for (off_t at = 0; (read = pread(fd, bytes, sizeof bytes, at)) > 0; at += read)
        fwrite(bytes, 1, read, kept);
    if (read < 0) fail("pread");
}

static void keep_directory(int fd, FILE *kept) {
    struct dirent *entry;
    DIR *directory = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) fail("fdopendir");
    while ((entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        /* Open, and never closed: no other file may get its number. */
        int pin = openat(fd, entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        struct stat stat;
        /* It may have been removed since it was listed. */
        if (pin < 0 || fstat(pin, &stat) != 0) continue;
        fprintf(kept, "%s %lu %c\n", entry->d_name, (unsigned long)stat.st_ino,
                S_ISDIR(stat.st_mode) ? 'd' : 'f');
    }
    closedir(directory);
}

static int keep(int fd) {
    struct stat stat;
    char name[4096], finished[4096];
    if (fstat(fd, &stat) != 0) fail("fstat");
    char kind_of = kind(fd, &stat);
    const char *lost = getenv("LOST");
    if (!kind_of || (lost && *lost == kind_of)) return 0;
    pthread_mutex_lock(&one_at_a_time);
    snprintf(name, sizeof name, "%s/unfinished", getenv("KEPT"));
    snprintf(finished, sizeof finished, "%s/%lu", getenv("KEPT"), (unsigned long)stat.st_ino);
    FILE *kept = fopen(name, "we");
    if (!kept) fail("fopen");
    (S_ISDIR(stat.st_mode) ? keep_directory : keep_file)(fd, kept);
    if (fclose(kept) != 0 || rename(name, finished) != 0) fail("rename");
    /* As above. */
    if (fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0) fail("dup");
    pthread_mutex_unlock(&one_at_a_time);
    return 0;
}

int fsync(int fd) { return keep(fd); }

int fdatasync(int fd) { return keep(fd); }
