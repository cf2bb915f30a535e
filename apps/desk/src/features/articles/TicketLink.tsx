import { Link } from "@tanstack/react-router";

export const TicketLink = ({ id, number }: { id: string; number: string }) => <Link to="/tickets/$id" params={{ id }} className="num strong">{number}</Link>;
