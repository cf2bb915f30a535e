import type { Ctx } from "../../platform/db.ts";
import type { ClientView } from "./clients.contract.ts";
import { createClient } from "./clients.service.ts";

/** A client as tests and seeds need one, through the service, so that search and history are there too. */
export const buildClient = (ctx: Ctx, over: Partial<Parameters<typeof createClient>[1]> = {}): Promise<ClientView> =>
  createClient(ctx, { kind: "person", familyName: "Novak", givenName: "Janez", projects: ["internet"], force: true, ...over });
