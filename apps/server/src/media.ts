import { listenMedia, type MediaOptions } from "@linija/media";
import type { Config } from "./platform/config.ts";
import type { Log } from "./platform/log.ts";

export const mediaAddresses = (config: Config): string[] => config.MEDIA_ADDRESS.split(/[\s,]+/).filter(Boolean);

export function mediaOptions(config: Config): MediaOptions {
  const [from, to] = config.MEDIA_PORTS.split("-").map(Number) as [number, number];
  return { rtpPorts: [from, to], address: config.MEDIA_HOST || config.SIP_ADVERTISE || config.SIP_HOST, latch: config.MEDIA_LATCH };
}

/** The media role: one process an address, which voice nodes connect to. It needs no database, so that none can silence it. */
export function startMedia(config: Config, log: Log): () => Promise<void> {
  const addresses = mediaAddresses(config);
  if (addresses.length === 0) throw new Error("A media node needs MEDIA_ADDRESS: where it listens for voice nodes.");
  const processes = listenMedia({ ...mediaOptions(config), addresses, log: (level, message, fields) => log[level](fields, message) });
  return () => processes.stop();
}
