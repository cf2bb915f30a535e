export { connectMediaEngine, createMediaEngine } from "./client.ts";
export type { MediaEngineOptions, ProcessMediaEngine } from "./client.ts";
export { listenMedia, type ListenOptions } from "./listen.ts";
export { MediaFull, MediaRefused } from "./engine.ts";
export type {
  LegKind, LegRef, LegStats, MediaEngine, MediaEvent, MediaRefusalCode, PlayRequest, Recording,
} from "./engine.ts";
export type { MediaOptions } from "./options.ts";
export type { LatchRule } from "./rtp.transport.ts";
export { peaks, repairWav } from "./wav.ts";
