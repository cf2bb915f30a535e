export { noticesListener } from "./notices.listener.ts";
export { noticeJobs, resumeNotices, sendNotice } from "./notices.jobs.ts";
export { createMailer, type Mail, type Mailer } from "./notices.mail.ts";
export { momentText } from "./notices.text.ts";
export { startDemoMail, type DemoMailServer } from "./demo.mail.ts";
export { demoMailRoutes } from "./demo.mail.routes.ts";
