//! What is written: read again it is the same, and capinfos and tshark find all of it.
