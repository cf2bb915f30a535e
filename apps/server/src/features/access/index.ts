export { CONTACT_KINDS, contactsIn, hideContacts, maskContacts, maskEmail, maskPhone, maskPicture, maskWithin, type OwnContacts } from "./access.masking.rules.ts";
export { toldAtDesk, toldTo } from "./access.told.rules.ts";
export { may, rights, rightsOf, type Guarded, type Right } from "./access.rules.ts";
export { accessJobs, FORGET_SESSIONS } from "./access.jobs.ts";
export { actorOfToken, contextOf, SESSION_COOKIE, type ContextDeps } from "./access.sessions.service.ts";
export { createUser, listColleagues } from "./access.users.service.ts";
export { administrators, makeFirstAdministrator, makeNewPassword, type FirstAdministrator } from "./access.first.service.ts";
export { hashPassword } from "./access.password.ts";
export { accessRoutes } from "./access.routes.ts";
