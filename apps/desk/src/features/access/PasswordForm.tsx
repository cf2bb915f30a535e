import { Button, PasswordInput } from "@mantine/core";
import { useState, type FormEvent, type ReactNode } from "react";
import { useT } from "../../i18n/intl.tsx";
import { fieldError, ProblemNote } from "../../shared/problem.tsx";
import { useSend } from "../../shared/query.ts";
import { begin, useMe } from "./session.ts";
import { Strength } from "./Strength.tsx";
import css from "./access.module.css";

const order: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** The present password and the new one. One field for the new one: it can be shown, and a password manager fills it. */
export function PasswordForm({ given = false, size = "xs", beside, onDone }: { /** The present one was made by somebody else. */ given?: boolean; size?: "xs" | "sm"; beside?: ReactNode; onDone: () => void }) {
  const t = useT();
  const me = useMe();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useSend("changeMyPassword", [], { onSuccess: (fresh) => { onDone(); begin(fresh); } });
  const send = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ body: { current, next } });
  };
  // What the server said was about what was sent, not about what is typed now.
  const typing = (set: (value: string) => void) => (event: { currentTarget: { value: string } }) => {
    set(event.currentTarget.value);
    if (change.error) change.reset();
  };
  const wrongCurrent = fieldError(change.error, "current");
  const wrongNext = fieldError(change.error, "next");
  const show = { "aria-label": t("signIn.show"), tabIndex: 0 };
  return (
    <form className={css.form} onSubmit={send}>
      <input type="text" name="username" autoComplete="username" value={me.login} readOnly hidden />
      <PasswordInput size={size} label={t(given ? "password.given" : "password.current")} name="current-password" autoComplete="current-password" required withAsterisk={false} data-autofocus autoFocus
        value={current} error={wrongCurrent} onChange={typing(setCurrent)} visibilityToggleButtonProps={show} />
      <PasswordInput size={size} label={t("password.next")} name="new-password" autoComplete="new-password" required withAsterisk={false} inputWrapperOrder={order}
        description={wrongNext ? undefined : <Strength password={next} names={[me.login, me.name]} current={current} />} value={next} error={wrongNext} onChange={typing(setNext)} visibilityToggleButtonProps={show} />
      {!wrongCurrent && !wrongNext && <ProblemNote error={change.error} />}
      <div className="row between">{beside ?? <span />}<Button size={size} type="submit" loading={change.isPending}>{t("password.change")}</Button></div>
    </form>
  );
}
