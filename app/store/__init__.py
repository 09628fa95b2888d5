"""Projects and scenarios that outlive a visit."""
