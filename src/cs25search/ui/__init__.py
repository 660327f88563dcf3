"""The app: pages use widgets, widgets use views; views are strings and can be tested alone."""
