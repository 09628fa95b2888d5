"""What each district will ask of public charging."""
