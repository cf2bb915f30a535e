/**
 * A media process. Started by the engine with the control channel as file descriptor 3, or on its own as the `media`
 * role of a node: `node process.ts --listen HOST:PORT|/path/to.sock '{"rtpPorts":[20000,29999], …}' [--tied]`; a tied
 * one ends with its standard input.
 */
import { enableCompileCache } from "node:module";
import { createServer, Socket } from "node:net";
import { setPriority } from "node:os";
import { parseAddress, withDefaults } from "./options.ts";
import type { MediaOptions } from "./options.ts";
import { serve } from "./serve.ts";
import type { WorkerOptions } from "./worker.ts";

function preferVoice(): void {
  try {
    // A voice that waits for a report is heard; allowed to root and to services with CAP_SYS_NICE.
    setPriority(-10);
  } catch {
    // As an ordinary user we run like everyone else.
  }
}

/** werift takes half a second to load; doing it before the first call keeps that out of everyone's voice. */
async function prepare(options: WorkerOptions): Promise<void> {
  if (options.limits.webrtcLegs > 0) await (await import("./webrtc.transport.ts")).prepareWebrtc();
}

/** However whoever started us ends, our standard input ends with them; the address must be free for their successor. */
function endWithParent(end: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.stdin.resume().once("end", end).once("error", end);
}

async function main(mode: string | undefined, ...rest: string[]): Promise<void> {
  preferVoice();
  // Half of what a process needs to take a dead one's place is compiling werift.
  enableCompileCache();
  if (mode === "--fd") {
    // Ctrl+C and a service manager's stop reach the whole group; the engine decides when media ends, by closing the channel.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
    const options = withDefaults(JSON.parse(rest[0] ?? "{}") as MediaOptions);
    await prepare(options);
    serve(new Socket({ fd: 3 }), options, () => process.exit(0));
    return;
  }
  if (mode === "--listen") {
    const options = withDefaults(JSON.parse(rest[1] ?? "{}") as MediaOptions);
    await prepare(options);
    const channels = new Set<Socket>();
    let isEnding = false;
    const server = createServer((socket) => {
      channels.add(socket);
      serve(socket, options, () => { channels.delete(socket); if (isEnding && channels.size === 0) process.exit(0); });
    });
    server.listen(parseAddress(rest[0] ?? ""));
    if (rest[2] === "--tied") {
      endWithParent(() => {
        isEnding = true;
        server.close();
        for (const socket of channels) socket.destroy();
        if (channels.size === 0) process.exit(0);
      });
    }
    return;
  }
  process.stderr.write("usage: process.ts --listen HOST:PORT|PATH OPTIONS-JSON\n");
  process.exitCode = 2;
}

await main(...(process.argv.slice(2) as [string | undefined, ...string[]]));
