export { createStack } from "./stack.ts";
export type { InviteOptions, Refusal, RequestOptions, ServerRequest, SipStack, StackOptions } from "./stack.types.ts";
export type { CallHandlers, ReinviteReply } from "./call.ts";
export type { InboundCall, InboundState } from "./call.inbound.ts";
export type { OutboundCall, OutboundHandlers, OutboundState } from "./call.outbound.ts";
export type { LogLevel, ReinviteResult } from "./core.ts";
export { digestHa1, digestHash, digestResponse, type Credentials, type DigestAlgorithm } from "./digest.ts";
export { answerChallenge } from "./digest.client.ts";
export {
  challenge, createDigestRealm, parseAuthorization, verifyDigest,
  type DigestAuthorization, type DigestRealm, type DigestRealmOptions, type DigestVerdict,
} from "./digest.server.ts";
export { parseCSeq, parseNameAddr, parseVia, writeNameAddr, type CSeq, type NameAddr, type Via } from "./headers.ts";
export { SipMessage, SipRequest, SipResponse, SipSyntaxError, type Problem } from "./message.ts";
export { quote, splitList, unquote, type Params } from "./params.ts";
export { canonicalName, defaultLimits, parseMessage, type ParseLimits } from "./parse.ts";
export { StreamFramer, type StreamYield } from "./stream.ts";
export { defaultTimerValues, type TimerValues } from "./transaction.client.ts";
export { defaultTcpLimits, type TcpLimits } from "./transport.tcp.ts";
export { escapeUser, parseUri, sipUri, unescapeUser, type SipUri } from "./uri.ts";
export { checkRequest } from "./validate.ts";
export { reasonOf, writeMessage, type Proto, type SipAddress } from "./write.ts";
