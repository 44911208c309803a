//! Sweeps over stand-ins.
