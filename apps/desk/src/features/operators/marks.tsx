import type { OperatorView } from "@linija/server/contract/operators/operators";
import { useT } from "../../i18n/intl.tsx";
import css from "./operators.module.css";

type Phone = OperatorView["phone"];
export type PhoneStanding = "registered" | "unregistered" | "no_password" | "none";
const standingOf = (phone: Phone): PhoneStanding => (phone.registered ? "registered" : phone.extension === null ? "none" : phone.hasPassword ? "unregistered" : "no_password");

/** Told by a word and a shape: a full round is connected, a ring is not. It warns where calls should ring and cannot. */
export function PhoneState({ operator: { phone, device } }: { operator: OperatorView }) {
  const t = useT();
  const standing = standingOf(phone);
  return <span className={css.phoneState} data-standing={standing} data-needed={device === "phone" || undefined}>{standing !== "none" && <span className={css.mark} aria-hidden />}<span className="cut">{t(`operators.state.${standing}`)}</span></span>;
}

/** Why somebody in this list gets no calls. */
export function Standing({ operator }: { operator: OperatorView }) {
  const t = useT();
  if (operator.disabled) return <span className="chip danger">{t("users.blocked")}</span>;
  return operator.takesCalls ? null : <span className="chip">{t("operators.noCalls")}</span>;
}
