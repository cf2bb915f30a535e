import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { shareOptions, tellPorts } from "./client.ts";
import type { Log } from "./link.ts";
import type { MediaOptions } from "./options.ts";

/** What `listenMedia` is given: where to listen, and what media processes may be told. */
export interface ListenOptions extends MediaOptions {
  /** One media process an address (`host:port` or the path of a socket); the ports for RTP and for browsers are shared out among them. */
  addresses: string[];
  log?: Log;
}

const mostPauseMs = 5_000;

/**
 * Runs media processes that listen for engines of other nodes (`connectMediaEngine`). One that dies is started again;
 * all of them end with this process, however it ends.
 */
export function listenMedia({ addresses, log = () => {}, ...media }: ListenOptions): { stop(): Promise<void> } {
  const options = shareOptions(media, addresses.length);
  tellPorts(options, log);
  const keepers = addresses.map((address, i) => keep(address, options[i]!, log));
  return { stop: async () => { await Promise.all(keepers.map((stop) => stop())); } };
}

/** Keeps one process alive; returns how to end it, which lets it finish its recordings. */
function keep(address: string, options: MediaOptions, log: Log): () => Promise<void> {
  const script = fileURLToPath(new URL("./process.ts", import.meta.url));
  let child: ChildProcess;
  let isStopping = false;
  let pauseMs = 100;
  let timer: NodeJS.Timeout | undefined;
  let gone: Promise<void>;
  const start = (): void => {
    const startedMs = performance.now();
    child = spawn(process.execPath, ["--max-semi-space-size=32", script, "--listen", address, JSON.stringify(options), "--tied"], { stdio: ["pipe", "inherit", "inherit"] });
    child.stdin!.on("error", () => {});
    child.on("error", (error) => log("error", "media process did not start", { address, error: error.message }));
    gone = new Promise((resolve) => child.once("exit", () => resolve()));
    void gone.then(() => {
      if (isStopping) return;
      log("error", "media process ended; starting it again", { address });
      pauseMs = performance.now() - startedMs > 10_000 ? 100 : Math.min(pauseMs * 2, mostPauseMs);
      timer = setTimeout(start, pauseMs);
    });
  };
  start();
  return async () => {
    isStopping = true;
    clearTimeout(timer);
    child.stdin!.end();
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(killer);
  };
}
