import { mount, type App } from "../../platform/http.ts";
import type { Secrets } from "../../platform/secret.ts";
import * as contracts from "./webhooks.in.contract.ts";
import { listHooks, makeHookSecret, receiveHook, removeHookSecret } from "./webhooks.in.service.ts";

const MAX_BYTES = 64 * 1024;
/** Of one address: a station that reports five times a second for long has something else wrong with it. */
export const LIMIT = { max: 300, perMs: 60_000 };

export function hooksRoutes(app: App, secrets: Secrets): void {
  mount(app, contracts.listHooks, "signed_in", (ctx, { params }) => listHooks(ctx, params.project));
  mount(app, contracts.makeHookSecret, "signed_in", (ctx, { params }) => makeHookSecret(ctx, params, secrets));
  mount(app, contracts.removeHookSecret, "signed_in", (ctx, { params }) => removeHookSecret(ctx, params));
  void app.register((scope, _options, done) => {
    // The signature is over the very bytes, and nothing is parsed before it is known to be right.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("application/json", { parseAs: "buffer", bodyLimit: MAX_BYTES }, (_request, body, parsed) => { parsed(null, body); });
    mount(scope as unknown as App, contracts.receiveHook, { guard: "anyone", limit: LIMIT }, (ctx, { params }, { request }) =>
      receiveHook(ctx, params, { signature: request.headers["linija-signature"], raw: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) }, secrets));
    done();
  });
}
