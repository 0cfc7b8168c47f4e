"""Notices by e-mail: that a step waits for somebody. What it is about is read at the desk."""
