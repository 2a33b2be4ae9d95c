/** Keys of the device's storage that more than one page knows. */

/** Where a customer was in the chat; the wallet forgets it when he signs out. */
export const CHAT_PLACE = "wd.place";
