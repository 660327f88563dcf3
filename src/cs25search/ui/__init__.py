"""The app: pages over widgets over views, which are strings and can be tested without a page."""
