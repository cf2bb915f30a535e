import { formHost, openForm, type FormDocument } from "@linija/forms";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { theme } from "../../app/theme.ts";
import { EditorTexts, Intl, showLanguage, useT } from "../../i18n/intl.tsx";
import { api, ApiError, send, type Reply } from "../../shared/api.ts";
import { queryClient } from "../../shared/query.ts";
import { FormView } from "./FormView.tsx";
import { FormStore } from "./store.ts";
import { useLanguage, type FormDeeds } from "./useForm.tsx";
import { isAway, WaitingFiles } from "./waiting.ts";
import css from "./forms.module.css";

type Shared = Reply<"getShared">;
const SAVE_MS = 600;
const AGAIN_MS = 3_000;
const TYPING_MS = 4_000;

/** The client's side of a form that is filled together: the same form, the client's fields only, without a session. */
class SharedFilling {
  readonly store: FormStore;
  readonly files: WaitingFiles;
  readonly secret: string;
  shared: Shared;
  onChange: () => void = () => undefined;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last = { path: null as string | null, at: 0 };

  constructor(secret: string, shared: Shared) {
    this.secret = secret;
    this.shared = shared;
    this.store = new FormStore(openForm(shared.definition as unknown as FormDocument, formHost(shared.timeZone)), shared.data);
    this.files = new WaitingFiles(this.store, async (file, id) => {
      const form = new FormData();
      form.append("file", file);
      const made = await send<{ id: string; name: string }>("POST", `/public/forms/${encodeURIComponent(secret)}/files?id=${id}`, form);
      this.shared = { ...this.shared, files: [...this.shared.files.filter((one) => one.id !== made.id), made] };
      return made;
    });
    this.store.onWrite = () => this.sendIn(SAVE_MS);
    this.take(shared);
  }

  take(shared: Shared): void {
    if (shared.version < this.shared.version) return;
    this.shared = shared;
    const filledBy = Object.fromEntries(Object.entries(shared.filledBy).map(([path, one]) => [path, { ...one, name: "" }]));
    // Conditions speak of fields the client does not see: what is hidden now is told, not computed here.
    this.store.hiddenByHost = new Set(shared.hidden);
    this.store.take({ data: shared.data, masked: [], filledBy, typing: shared.typing });
    this.store.refuse(shared.faults.map(({ path, message }) => ({ field: `data.${path}`, message })));
    this.onChange();
  }

  private sendIn(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => { void this.send(); }, ms);
  }

  private async send(): Promise<void> {
    const changes = new Map(this.store.dirty);
    if (changes.size === 0) return;
    try {
      const { form, conflicts } = await api("saveShared", { params: { secret: this.secret }, body: { version: this.shared.version, changes: [...changes].map(([path, value]) => ({ path, value })) } });
      this.store.sent(changes);
      this.store.clash(conflicts);
      this.take(form);
    } catch (error) {
      if (isAway(error)) this.sendIn(AGAIN_MS);
      else if (error instanceof ApiError) { this.store.sent(changes); this.store.refuse(error.problem.errors ?? []); }
    }
  }

  at(path: string | null): void {
    if (path === this.last.path && Date.now() - this.last.at < TYPING_MS) return;
    this.last = { path, at: Date.now() };
    void api("typeShared", { params: { secret: this.secret }, body: { path } }).catch(() => undefined);
  }
}

const secretOf = (path: string): string => /^\/f\/([\w-]+)/.exec(path)?.[1] ?? "";

export default function ClientForm() {
  return <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false} defaultColorScheme="auto"><QueryClientProvider client={queryClient}><Intl><Opened secret={secretOf(location.pathname)} /></Intl></QueryClientProvider></MantineProvider>;
}

/** What is being filled stands above the texts: they come anew with the project's language, and nothing typed until then is lost. */
function Opened({ secret }: { secret: string }) {
  const [filling, setFilling] = useState<SharedFilling | null>(null);
  const [isGone, setGone] = useState(false);
  const [, again] = useState(0);
  useEffect(() => {
    let made: SharedFilling | null = null;
    const look = () => api("getShared", { params: { secret } }).then((shared) => {
      if (made) return made.take(shared);
      showLanguage(shared.language);
      made = new SharedFilling(secret, shared);
      made.onChange = () => again((n) => n + 1);
      setFilling(made);
    }, (error: unknown) => { if (error instanceof ApiError && error.problem.status === 404) setGone(true); });
    void look();
    const live = new EventSource(`/api/public/forms/${encodeURIComponent(secret)}/live`);
    live.onmessage = () => void look();
    live.addEventListener("closed", () => { live.close(); setGone(true); });
    return () => { live.close(); made?.files.stop(); };
  }, [secret]);
  return <EditorTexts><Page filling={filling} isGone={isGone} /></EditorTexts>;
}

function Page({ filling, isGone }: { filling: SharedFilling | null; isGone: boolean }) {
  const t = useT();
  const language = useLanguage();
  if (isGone) return <main className={css.public}><h1>Linija</h1><p role="alert">{t("forms.noLink")}</p></main>;
  if (!filling) return <main className={css.public} aria-busy="true" />;
  const { shared, store } = filling;
  const deeds: FormDeeds = {
    projectKey: "", formId: "", country: shared.country, isPublic: true, at: (path) => filling.at(path),
    files: filling.files, fileName: (id) => { const file = filling.shared.files.find((one) => one.id === id); return file ? { name: file.name, href: null } : null; },
  };
  return (
    <main className={css.public}>
      <div><p className={css.hint}>{shared.projectName[language]}</p><h1>{store.form.document.name[language]}</h1></div>
      <p className={css.hint}>{t(shared.state === "submitted" ? "forms.public.done" : "forms.public.hint")}</p>
      <FormView store={store} deeds={deeds} readOnly={shared.state === "submitted"} prefix="shared" />
    </main>
  );
}
