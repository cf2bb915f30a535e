import { Readable } from "node:stream";
import { mount, type App } from "../../platform/http.ts";
import { listInteractions, getInteraction } from "../interactions/index.ts";
import * as contract from "./calls.contract.ts";
import { getRecording, openRecording } from "./calls.recordings.service.ts";
import * as service from "./calls.service.ts";
import type { CallsDeps } from "./calls.service.ts";

/** Web calls from one address: enough for a household, too few for a flood. */
const WEB_CALLS = { max: 6, perMs: 60_000 };

export function callsRoutes(app: App, deps: CallsDeps, recordings: string): void {
  lineRoutes(app, deps);
  mount(app, contract.listCalls, "signed_in", (ctx, { query }) => listInteractions(ctx, query));
  mount(app, contract.getCall, "signed_in", (ctx, { params }) => getInteraction(ctx, params.id));
  mount(app, contract.linkClient, "signed_in", (ctx, { params, body }) => service.linkClient(ctx, deps, params.id, body.clientId));
  mount(app, contract.getRecording, "signed_in", (ctx, { params }) => getRecording(ctx, recordings, params.id));
  app.get<{ Params: { id: string } }>("/api/recordings/:id/audio", { schema: { tags: ["recordings"], summary: "The sound of a recording (WAV, ranges)", params: contract.getRecording.params } }, async (request, reply) => {
    const ctx = await app.contextOf(request);
    const sound = await openRecording(ctx, recordings, request.params.id, { range: request.headers.range, isLook: request.method === "HEAD" });
    if (sound.start === null) return reply.status(416).header("content-range", `bytes */${sound.size}`).send();
    return reply.status(sound.partial ? 206 : 200).headers({
      "content-type": "audio/wav", "accept-ranges": "bytes", "content-length": String(sound.end - sound.start + 1), "cache-control": "private, no-store",
      ...(sound.partial && { "content-range": `bytes ${sound.start}-${sound.end}/${sound.size}` }),
    }).send(request.method === "HEAD" ? Readable.from([]) : sound.open());
  });
  mount(app, contract.webCall, { guard: "anyone", limit: WEB_CALLS }, (_ctx, { body }) => service.webCall(deps, body));
  mount(app, contract.webCallState, "anyone", (ctx, { params, query }) => service.webCallState(ctx, deps, params.id, query.token));
  mount(app, contract.webCallHangUp, "anyone", async (ctx, { params, body }) => { await service.webHangUp(ctx, deps, params.id, body.token); return { ok: true as const }; });
}

function lineRoutes(app: App, deps: CallsDeps): void {
  mount(app, contract.getLine, "signed_in", (ctx) => service.getLine(ctx, deps));
  mount(app, contract.setState, "signed_in", (ctx, { body }) => service.setState(ctx, deps, body.state, body.reason));
  mount(app, contract.setDevice, "signed_in", (ctx, { body }) => service.setDevice(ctx, deps, body.device));
  mount(app, contract.acceptOffer, "signed_in", (ctx, { params, body }) => service.acceptOffer(ctx, deps, params.id, body));
  mount(app, contract.declineOffer, "signed_in", async (ctx, { params }) => { await service.declineOffer(ctx, deps, params.id); return { ok: true as const }; });
  mount(app, contract.attachLeg, "signed_in", async (ctx, { params, body }) => ({ sdp: await service.attachLeg(ctx, deps, params.id, body) }));
  mount(app, contract.holdCall, "signed_in", (ctx, { params, body }) => service.controlCall(ctx, deps, params.id, { on: "hold", held: body.held }));
  mount(app, contract.muteCall, "signed_in", (ctx, { params, body }) => service.controlCall(ctx, deps, params.id, { on: "mute", muted: body.muted }));
  mount(app, contract.sendDigits, "signed_in", async (ctx, { params, body }) => { await service.controlCall(ctx, deps, params.id, { on: "send_digits", digits: body.digits }); return { ok: true as const }; });
  mount(app, contract.hangUp, "signed_in", (ctx, { params }) => service.controlCall(ctx, deps, params.id, { on: "hang_up" }));
  mount(app, contract.dial, "signed_in", (ctx, { body }) => service.dialOut(ctx, deps, body));
  mount(app, contract.wrapUp, "signed_in", (ctx, { params, body }) => service.wrapUp(ctx, deps, params.id, body));
}
