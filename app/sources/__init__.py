"""What comes in: files of strangers behind the intake, and one's own tables at the terminal."""
