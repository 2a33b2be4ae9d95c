"""What is done in the help centre: articles brought in, written, reviewed, published, found, voted on."""
