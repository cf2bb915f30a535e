export { messagesRoutes } from "./messages.routes.ts";
export { CLIENT_FILE_MB, CLIENT_TEXT, clientFile, clientMessages, clientWrites, type ClientWriting } from "./messages.client.service.ts";
