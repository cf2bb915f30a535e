import type { OperatorChoices, OperatorView } from "@linija/server/contract/operators/operators";
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useT } from "../../i18n/intl.tsx";
import type { Reply } from "../../shared/api.ts";
import { Fact } from "../../shared/parts.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { refresh, useSend } from "../../shared/query.ts";
import { say } from "../../shared/toast.tsx";
import { may, useMe } from "../access/session.ts";
import { isLoopback } from "./edited.ts";
import { GivenPhone } from "./GivenPhone.tsx";
import { PhoneState } from "./marks.tsx";
import css from "./operators.module.css";

interface Part { operator: OperatorView; choices: OperatorChoices }

/** The SIP phone of an operator: given, given a new password, taken away. What makes a phone stop working is asked once more. */
export function PhoneBox({ operator, choices }: Part) {
  const t = useT();
  const me = useMe();
  const { phone } = operator;
  const mayGive = may(me, "operators.phone");
  return (
    <section className={css.phone} aria-label={t("operators.phone")}>
      <div className="row between"><h2>{t("operators.phone")}</h2><PhoneState operator={operator} /></div>
      {(phone.extension !== null || phone.fixedAddress) && (
        <dl className={css.facts}>
          {phone.extension !== null && !mayGive && <Fact label={t("phone.extension")}><span className="num strong">{phone.extension}</span></Fact>}
          {phone.agent && <Fact label={t("operators.agent")}>{phone.agent}</Fact>}
          {phone.fixedAddress && <Fact label={t("operators.fixedAddress")}>{phone.fixedAddress}</Fact>}
          <Fact label={t("phone.server")}><span className="num">{choices.server.host}:{choices.server.port}</span></Fact>
          <Fact label={t("operators.rings")}>{t(operator.device === "phone" ? "operators.ringsPhone" : "operators.ringsBrowser")}</Fact>
        </dl>
      )}
      {phone.extension === null && !mayGive && <p className="dim">{t("operators.noPhone")}</p>}
      {mayGive && isLoopback(choices.server.host) && <p className={css.warn}>{t("operators.loopback", { host: choices.server.host })}</p>}
      {mayGive && <Deeds operator={operator} choices={choices} />}
    </section>
  );
}

function Deeds({ operator, choices }: Part) {
  const t = useT();
  const { id, version, phone } = operator;
  const [typed, setTyped] = useState<string | null>(null);
  const [asked, setAsked] = useState<"give" | "take" | null>(null);
  const [given, setGiven] = useState<Reply<"givePhone"> | null>(null);
  const touches = ["listOperators", "getOperator", "operatorChoices", "getLine"] as const;
  const failed = () => { setAsked(null); refresh(["getOperator", "operatorChoices"]); };
  const give = useSend("givePhone", [...touches], { onError: failed, onSuccess: (reply) => { setTyped(null); setAsked(null); setGiven(reply); } });
  const take = useSend("takePhone", [...touches], { onError: failed, onSuccess: () => { setTyped(null); setAsked(null); say(t("operators.taken", { name: operator.name })); } });
  const extension = typed ?? phone.extension ?? choices.freeExtension ?? "";
  const wrong = fieldError(give.error, "extension");
  const isOther = extension !== phone.extension;
  const sendGift = () => { take.reset(); give.mutate({ params: { id }, body: { version, extension } }); };
  // Nothing works yet that could stop working.
  const wantGift = () => { give.reset(); if (phone.hasPassword) setAsked("give"); else sendGift(); };
  return (
    <>
      <form className={css.deeds} onSubmit={(event) => { event.preventDefault(); wantGift(); }}>
        <TextInput className={css.extensionBox} label={t("phone.extension")} value={extension} inputMode="numeric" autoComplete="off" maxLength={6} onChange={(event) => { setTyped(event.currentTarget.value); setAsked(null); }} error={wrong !== undefined} aria-describedby={wrong ? "extension-wrong" : undefined} />
        <Button type="submit" variant={phone.extension === null ? "filled" : "default"} loading={give.isPending} disabled={extension === ""}>{t(phone.extension === null ? "operators.give" : isOther ? "operators.giveOther" : "operators.giveNew")}</Button>
      </form>
      {wrong && <p id="extension-wrong" className={css.error} role="alert">{wrong}</p>}
      {asked === "give" && <Ask text={t(isOther ? "operators.askOther" : "operators.askNew", { extension: phone.extension, next: extension })} deed={t(isOther ? "operators.giveOther" : "operators.giveNew")} onYes={sendGift} onNo={() => setAsked(null)} busy={give.isPending} />}
      {asked === "take" && <Ask text={t("operators.askTake", { extension: phone.extension ?? phone.fixedAddress, name: operator.name })} deed={t("operators.take")} onYes={() => { give.reset(); take.mutate({ params: { id }, query: { version } }); }} onNo={() => setAsked(null)} busy={take.isPending} />}
      {!wrong && <ProblemNote error={give.error ?? take.error} />}
      {(phone.extension !== null || phone.fixedAddress) && asked === null && <div><Button variant="subtle" color="red" size="compact-sm" onClick={() => setAsked("take")}>{t("operators.take")}</Button></div>}
      {given && <GivenPhone name={operator.name} given={given} onDone={() => { setGiven(null); give.reset(); }} />}
    </>
  );
}

function Ask({ text, deed, onYes, onNo, busy }: { text: string; deed: string; onYes: () => void; onNo: () => void; busy: boolean }) {
  const t = useT();
  return (
    <div className={css.clash} role="alert">
      <p>{text}</p>
      <div className="row wrap"><Button size="compact-sm" color="red" loading={busy} onClick={onYes} autoFocus>{deed}</Button><Button size="compact-sm" variant="default" onClick={onNo}>{t("operators.leave")}</Button></div>
    </div>
  );
}
