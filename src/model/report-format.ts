/** The reports that are written as files. */
export const reportFormats = ['html', 'junit', 'json', 'markdown'] as const
export type ReportFormat = (typeof reportFormats)[number]
