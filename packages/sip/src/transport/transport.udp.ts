import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIP, isIPv6 } from "node:net";
import { hostPort, type Transport, type TransportOptions } from "./transport.ts";
import type { SipAddress } from "../message/write.ts";

const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;
/** The largest UDP payload over IPv4; larger messages cannot be sent at all. */
const MAX_DATAGRAM_BYTES = 65_507;

type LookupCallback = (error: Error | null, address: string, family: number) => void;

/** Addresses arrive here resolved: answering at once saves dgram a trip through the DNS thread pool. */
function lookupLiteral(host: string, options: unknown, callback: LookupCallback): void {
  const done = typeof options === "function" ? (options as LookupCallback) : callback;
  const family = isIP(host);
  if (family === 0) done(new Error(`not an IP address: ${host}`), "", 4);
  else done(null, host, family);
}

/** Binds one UDP socket. */
export async function openUdp(options: TransportOptions): Promise<Transport> {
  const socket = createSocket({ type: isIPv6(options.host) ? "udp6" : "udp4", lookup: lookupLiteral as never });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(options.port, options.host, () => {
      socket.off("error", reject);
      resolve();
    });
  });
  grow(socket, options);
  const bound = socket.address();
  const local: SipAddress = { host: bound.address, port: bound.port, proto: "udp" };
  const transport: Transport = {
    local,
    sentBy: hostPort(options.advertise ?? bound.address, bound.port),
    send: (text, to, encoding, onError) => sendDatagram(socket, options, Buffer.from(text, encoding), { to, onError }),
    isConnected: () => false,
    close: () => new Promise((resolve) => { socket.close(() => resolve()); }),
  };
  socket.on("error", (error) => options.log("warn", "udp socket error", { error: error.message }));
  socket.on("message", (data: Buffer, from: RemoteInfo) => deliver(data, from, transport, options));
  return transport;
}

/** Bursts of calls must not be lost in the kernel; what it grants may be less and that is fine. */
function grow(socket: Socket, options: TransportOptions): void {
  try {
    socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
    socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
    const granted = socket.getRecvBufferSize();
    if (granted < SOCKET_BUFFER_BYTES) options.log("info", "small UDP receive buffer: a burst may be lost and repeated; raise net.core.rmem_max", { granted });
  } catch (error) {
    options.log("debug", "socket buffers not enlarged", { error: String(error) });
  }
}

function deliver(data: Buffer, from: RemoteInfo, transport: Transport, options: TransportOptions): void {
  let at = 0;
  while (at < data.length && (data[at] === 13 || data[at] === 10)) at++; // §7.5: leading CRLFs are keep-alives
  if (at === data.length) return options.count("keepalives");
  if (from.port === 0) return; // nowhere to answer to
  options.receive(at === 0 ? data : data.subarray(at), { host: from.address, port: from.port, proto: "udp" }, transport);
}

function sendDatagram(socket: Socket, options: TransportOptions, data: Buffer, target: { to: SipAddress; onError: ((error: Error) => void) | undefined }): void {
  const { to, onError } = target;
  options.count("sent");
  if (data.length > MAX_DATAGRAM_BYTES) return failLater(new Error("message too large for a datagram"), onError);
  try {
    socket.send(data, to.port, to.host, (error) => {
      if (!error) return;
      options.count("send_errors");
      onError?.(error);
    });
  } catch (error) { // a port of 0, a socket closed meanwhile
    options.count("send_errors");
    failLater(error as Error, onError);
  }
}

/** Never inside the call that sent: its state is not settled yet. */
function failLater(error: Error, onError: ((error: Error) => void) | undefined): void {
  if (onError) queueMicrotask(() => onError(error));
}
