/** Whether a file is one of those that packages write when the policy's contexts of files change; `.local` and `.subs` are the administrator's. */
export const isPackagedContextFile = (path: string): boolean =>
  /^\/etc\/selinux\/[^/]+\/contexts\/files\/file_contexts(?:\.homedirs|\.subs_dist)?$/.test(path)
