//! Connections built packet by packet: Wireshark finds nothing to complain about.
