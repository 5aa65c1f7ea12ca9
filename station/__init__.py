"""The exam-room PC."""
