"""What was asked, before any index is opened."""
