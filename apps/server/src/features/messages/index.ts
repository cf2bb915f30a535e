export { messagesRoutes } from "./messages.routes.ts";
export { CLIENT_FILE_MB, CLIENT_TEXT, clientFile, clientMessages, clientWrites, keepLate, keepSaid, type ClientWriting } from "./messages.client.service.ts";
