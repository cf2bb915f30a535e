/** The largest attachment in megabytes, as it is told before a file is chosen; a request may hold more of them. */
export const MAX_FILE_MB = 20;
export const MAX_FILE_BYTES = MAX_FILE_MB * 1024 * 1024;
