"""From blueprint and bank to forms: who is eligible, which items are taken, and in words why it cannot be done."""
