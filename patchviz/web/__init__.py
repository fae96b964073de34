"""The player, and the pages it stands on."""
