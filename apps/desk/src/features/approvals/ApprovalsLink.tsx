import { Link } from "@tanstack/react-router";
import { useT } from "../../i18n/intl.tsx";
import { usePages } from "../../shared/query.ts";
import css from "./approvals.module.css";

/** The way to the decisions that wait for me, with how many; nothing while none does. */
export function ApprovalsLink({ className }: { className?: string | undefined }) {
  const t = useT();
  const { items, hasNextPage } = usePages("listApprovals", { query: {} }, { anyOrder: true });
  if (!items?.length && !hasNextPage) return null;
  return <Link to="/approvals" className={className}>{t("approvals.title")}<span className={`${css.count} num`}>{items?.length ?? 0}{hasNextPage && "+"}</span></Link>;
}
