"""Many recordings, carved in one way: an index of their patches, and what is known of them."""
