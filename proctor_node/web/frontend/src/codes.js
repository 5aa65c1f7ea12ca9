// Causes that a candidate can choose when asking for help; anything else is shown as it came.
export const HELP_CODES = new Set(['pc', 'paper', 'health', 'leave', 'other'])
