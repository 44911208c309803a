//! The clauses by topic: the one list that the suite and its mutants are made from.

/// Calls `$then` with `$args`, the topic and its clauses; for `each`, topic after topic.
#[doc(hidden)]
#[macro_export]
macro_rules! clauses {
    (each $then:tt $args:tt) => {
        $crate::clauses!(tasks $then $args);
        $crate::clauses!(counts $then $args);
        $crate::clauses!(runs $then $args);
        $crate::clauses!(neighbours $then $args);
        $crate::clauses!(panics $then $args);
        $crate::clauses!(time $then $args);
        $crate::clauses!(random $then $args);
        $crate::clauses!(network $then $args);
        $crate::clauses!(streams $then $args);
        $crate::clauses!(connections $then $args);
        $crate::clauses!(datagrams $then $args);
        $crate::clauses!(resolver $then $args);
        $crate::clauses!(storage $then $args);
        $crate::clauses!(blobs $then $args);
        $crate::clauses!(select $then $args);
        $crate::clauses!(simulation $then $args);
        $crate::clauses!(audit $then $args);
        $crate::clauses!(machine $then $args);
        $crate::clauses!(machines $then $args);
    };
    (tasks [$($then:tt)+] $args:tt) => {
        $($then)+! { $args tasks
            a_task_starts_without_being_awaited
            dropping_a_handle_detaches_its_task
            a_handle_yields_what_its_task_returned
            is_finished_tells_when_a_task_has_ended
            abort_is_idempotent_and_may_come_before_the_first_poll
            an_aborted_future_is_dropped_by_its_own_task
            a_handle_yields_aborted_only_after_its_future_was_dropped
            abort_after_completion_changes_nothing
            labels_nest_by_task
            blocking_work_has_its_label
            a_future_is_dropped_as_its_task
            here_is_the_context_of_the_polled_task
            reschedule_gives_way
            a_task_may_wake_itself_repeatedly
            blocking_work_yields_its_value
            aborted_blocking_work_resolves_and_runs_on
        }
    };
    (counts [$($then:tt)+] $args:tt) => {
        $($then)+! { $args counts
            a_running_task_is_counted
            an_ended_task_counts_as_spawned_alone
            counts_are_of_nested_labels
            counts_ascend_by_label
            blocking_work_is_counted
        }
    };
    (runs [$($then:tt)+] $args:tt) => {
        $($then)+! { $args runs
            start_returns_the_roots_output
            a_panic_of_the_root_leaves_start
            tasks_are_dropped_when_the_root_returns
            tasks_that_wait_on_each_other_are_freed
            a_waker_kept_past_the_end_is_harmless
            a_context_works_before_start
            a_context_works_from_any_thread
            after_the_end_handles_are_closed
            after_the_end_no_task_runs
            after_the_end_stopped_is_closed
            dropping_a_runner_ends_its_run
            stop_kills_no_task
            the_first_value_of_stop_wins
            stopped_resolves_at_once_after_stop
        }
    };
    (panics [$($then:tt)+] $args:tt) => {
        $($then)+! { $args panics
            a_caught_panic_ends_its_task_alone
            a_caught_panic_of_blocking_work_ends_it_alone
            a_propagated_panic_leaves_start
            a_propagated_panic_of_blocking_work_leaves_start
            the_roots_panic_leaves_start_under_either_policy
        }
    };
    (time [$($then:tt)+] $args:tt) => {
        $($then)+! { $args time
            monotonic_begins_a_day_after_its_origin
            monotonic_never_goes_back
            a_sleep_never_ends_early
            a_sleeps_deadline_is_fixed_at_the_call
            deadlines_five_ms_apart_end_in_order
            sleep_until_waits_for_the_wall_clock
            sleep_until_monotonic_waits_for_its_deadline
            a_deadline_in_the_past_is_ready
            a_deadline_in_the_far_future_never_ends
            a_moved_sleep_keeps_its_wake_up_and_its_deadline
            a_dropped_sleep_lets_go_of_its_waker
            a_ready_value_beats_the_limit
            a_timeout_ends_at_its_limit
            clocks_outlive_their_run
            after_the_end_a_sleep_never_ends
        }
    };
    (random [$($then:tt)+] $args:tt) => {
        $($then)+! { $args random
            fill_fills_the_whole_buffer
            next_u64_draws_every_bit
            randomness_outlives_its_run
            buggify_may_be_asked_anywhere
            a_knob_has_one_value
        }
    };
    (network [$($then:tt)+] $args:tt) => {
        $($then)+! { $args network
            port_zero_is_an_ephemeral_port
            a_listener_is_dialled_at_its_local_addr
            a_taken_address_is_bind_failed
            an_address_is_free_once_its_listener_is_dropped
            dialling_nobody_is_connection_failed
            a_connection_that_nobody_accepted_breaks_with_its_listener
            any_number_of_dials_may_be_made
            both_ends_know_both_addresses
            dial_with_heeds_its_configuration
            a_connect_limit_ends_with_the_dial
            accept_is_cancel_safe
            a_waiting_accept_is_woken
            a_peers_reset_does_not_fail_accept
            after_the_end_the_network_is_closed
        }
    };
    (streams [$($then:tt)+] $args:tt) => {
        $($then)+! { $args streams
            bytes_arrive_in_order
            poll_send_takes_buffers_in_order
            an_empty_send_is_ok
            receiving_nothing_is_ok_at_once
            recv_some_gives_what_is_there
            a_dropped_recv_gives_back_what_it_took
            a_failed_recv_gives_back_what_it_took
            a_dropped_recv_some_takes_nothing
            unread_bytes_come_first
            a_waiting_recv_is_woken
            an_idle_recv_waits
            a_clean_end_is_zero_bytes
            a_clean_end_inside_a_recv_is_unexpected_eof
            an_end_stays_the_end
            after_close_send_is_closed
            dropping_a_sink_closes_it
            what_was_sent_outlives_its_sender
            a_poisoned_sink_is_closed
            poison_resets_the_connection
            a_send_dropped_half_way_poisons
            a_send_failed_half_way_poisons
            sending_to_nobody_fails_and_goes_on_failing
            closing_what_broke_off_fails
            a_slow_reader_slows_its_writer
        }
    };
    (connections [$($then:tt)+] $args:tt) => {
        $($then)+! { $args connections
            bytes_arrive_in_order_both_ways_at_once
            half_close_works_both_ways
            a_reset_is_an_error_on_both_halves
        }
    };
    (datagrams [$($then:tt)+] $args:tt) => {
        $($then)+! { $args datagrams
            port_zero_is_an_ephemeral_datagram_port
            a_taken_datagram_address_is_bind_failed
            a_datagram_address_is_free_once_its_socket_is_dropped
            a_datagram_arrives_whole_with_its_sender
            what_does_not_fit_of_a_datagram_is_lost
            a_datagram_that_is_too_long_is_send_failed
            a_datagram_to_nobody_is_lost
            a_waiting_recv_from_is_woken
            a_dropped_recv_from_takes_nothing
            after_the_end_datagrams_are_closed
        }
    };
    (resolver [$($then:tt)+] $args:tt) => {
        $($then)+! { $args resolver
            an_address_in_text_is_itself
            localhost_is_this_host
            an_unknown_name_is_resolve_failed
            after_the_end_the_resolver_is_closed
        }
    };
    (storage [$($then:tt)+] $args:tt) => {
        $($then)+! { $args storage
            open_creates_an_empty_blob
            open_finds_what_was_synced
            open_finds_what_was_not_synced
            blobs_are_told_apart_by_partition_and_name
            a_legal_partition_name_is_taken
            an_illegal_partition_name_is_refused
            blob_names_are_any_bytes
            a_blob_name_that_is_too_long_is_refused
            scan_ascends_by_bytes
            a_partition_lives_until_it_is_removed
            removing_a_partition_removes_its_blobs
            a_missing_partition_is_partition_missing
            a_missing_blob_is_blob_missing
            a_removed_blob_lives_in_its_handles
            after_the_end_storage_is_closed
        }
    };
    (blobs [$($then:tt)+] $args:tt) => {
        $($then)+! { $args blobs
            what_is_written_is_read
            len_is_the_end_of_the_blob
            a_gap_reads_as_zeros
            truncate_extends_with_zeros
            an_empty_write_changes_nothing
            a_read_past_the_end_is_insufficient_length
            an_overflowing_offset_is_offset_overflow
            a_length_that_no_disk_holds_is_too_large
            clones_share_one_handle
            calls_on_one_handle_keep_their_order
            concurrent_calls_never_tear
            a_dropped_write_is_whole_or_nothing
            a_dropped_truncate_comes_before_later_calls
            a_dropped_sync_leaves_the_handle_working
            close_releases_its_clone_only
        }
    };
    (select [$($then:tt)+] $args:tt) => {
        $($then)+! { $args select
            select_is_fair_in_a_task
            select_is_fair_in_the_root
        }
    };
    (neighbours [$($then:tt)+] $args:tt) => {
        $($then)+! { $args neighbours
            a_runner_may_be_dropped_inside_a_run
            a_task_is_of_the_run_that_spawned_it
            stop_is_told_to_its_own_run_alone
        }
    };
    (simulation [$($then:tt)+] $args:tt) => {
        $($then)+! { $args simulation
            deadlines_end_in_exact_order
            ties_end_in_seeded_order
            ready_tasks_run_in_seeded_order
            the_same_seed_has_the_same_winners
            the_same_seed_draws_the_same
            time_stands_still_while_a_task_is_ready
            a_long_sleep_ends_at_its_deadline
            a_recv_is_idle_for_a_month
            a_send_waits_for_a_month
            any_number_of_dials_may_be_answered
            a_task_that_wakes_itself_twice_is_polled_once
            a_deadlock_names_the_task_that_waits
            storage_takes_time
            storage_awaits_interleave
        }
    };
    (audit [$($then:tt)+] $args:tt) => {
        $($then)+! { $args audit
            the_same_seed_has_the_same_state
            a_drawn_value_shows
            a_slept_time_shows
            a_sent_payload_shows
            a_written_payload_shows
            a_label_shows
            an_abort_shows
            the_order_of_tasks_shows
        }
    };
    (machine [$($then:tt)+] $args:tt) => {
        $($then)+! { $args machine
            open_is_durable_when_it_returns
            remove_is_durable_when_it_returns
            what_was_synced_is_durable
            close_is_durable_when_it_returns
            what_was_not_synced_may_be_lost
            an_unsynced_write_tears_nothing_beside_it
            after_a_failed_sync_the_handle_fails
            a_crash_ends_its_tasks_with_exited
            the_context_of_a_past_life_is_closed
            a_jump_of_the_wall_moves_no_sleep
            a_jump_of_the_wall_leaves_monotonic_alone
        }
    };
    (machines [$($then:tt)+] $args:tt) => {
        $($then)+! { $args machines
            the_next_life_binds_the_ports_again
            a_crash_is_no_clean_end
            a_message_between_machines_takes_time
            machines_have_addresses_of_their_own
            machines_have_ports_of_their_own
            machines_have_disks_of_their_own
            machines_have_clocks_of_their_own
            stop_is_told_to_its_own_machine_alone
        }
    };
}
