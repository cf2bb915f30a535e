export { createStack } from "./stack.ts";
export type { Headers, InviteOptions, Refusal, RequestOptions, ServerRequest, SipStack, StackOptions } from "./stack.types.ts";
export type { CallHandlers, ReinviteReply } from "./call/call.ts";
export type { InboundCall, InboundState } from "./call/call.inbound.ts";
export type { OutboundCall, OutboundHandlers, OutboundState } from "./call/call.outbound.ts";
export type { LogLevel, ReinviteResult } from "./call/core.ts";
export { digestHa1, digestHash, digestResponse, type Credentials, type DigestAlgorithm, type DigestInput } from "./digest/digest.ts";
export { answerChallenge } from "./digest/digest.client.ts";
export {
  challenge, createDigestRealm, parseAuthorization, verifyDigest,
  type DigestAuthorization, type DigestRealm, type DigestRealmOptions, type DigestVerdict,
} from "./digest/digest.server.ts";
export { parseCSeq, parseNameAddr, parseVia, writeNameAddr, type CSeq, type NameAddr, type Via } from "./message/headers.ts";
export { SipMessage, SipRequest, SipResponse, SipSyntaxError, type Problem } from "./message/message.ts";
export { quote, splitList, unquote, type Params } from "./message/params.ts";
export { canonicalName, defaultLimits, parseMessage, type ParseLimits } from "./message/parse.ts";
export { StreamFramer, type StreamYield } from "./transport/stream.ts";
export { defaultTimerValues, type TimerValues } from "./transaction/transaction.client.ts";
export { defaultTcpLimits, type TcpLimits } from "./transport/transport.tcp.ts";
export { escapeUser, parseUri, sipUri, unescapeUser, type SipUri } from "./message/uri.ts";
export { checkRequest } from "./message/validate.ts";
export { reasonOf, writeMessage, type Proto, type SipAddress } from "./message/write.ts";
