<#
.PARAMETER MaxConcurrency
    How many requests may be under way at once, at most. The run finds by itself how many the service bears;
    by default it goes no higher than 64.
.PARAMETER AsCompleted
    Emits rows as they come, and not in the order of the mailboxes.
.PARAMETER Shard
    Only a share of the mailboxes, such as 3/8: the third of eight. Which share a mailbox belongs to follows
    from its name alone, so eight machines given the same list do each mailbox once.
.PARAMETER Journal
    A file that makes the run resumable: what was done is recorded there before it is given out. The same
    command with the same journal goes on where the last one ended, however it ended, and gives the rows of
    the whole run. One that is complete gives its rows again and asks nothing: name a new one for a new run.
.PARAMETER RetryFailed
    With Journal: asks again for mailboxes whose recorded row is an error.
.PARAMETER StopAfterErrors
    Ends the run with an error once so many mailboxes have failed.
.PARAMETER OutFile
    Writes the rows to this file and not to the pipeline: .csv, .jsonl or .html by its ending. The file
    appears when it is complete, and replaces one of that name.
.PARAMETER FailedFile
    Writes the mailboxes that failed to this file of .csv, each with the cause: Import-Csv reads it, and pipes it
    to this command or another. It appears when the run ends, however it ends, and replaces one of that name.
.PARAMETER DefuseFormulas
    With OutFile: puts an apostrophe before text that a spreadsheet would take for a formula.
.PARAMETER Encoding
    With OutFile of .csv: utf8BOM begins the file with a byte order mark, without which Excel shows letters with
    accents wrongly when it opens the file. utf8 and utf8NoBOM are without one, as in PowerShell 7 (in Windows
    PowerShell utf8 has one), and so is the default.
.PARAMETER LogPath
    Appends what is sent and answered to this file, as lines of JSON without secrets: for a support case.
.PARAMETER IncludeError
    Adds ErrorCode, ErrorMessage and RequestId to each row.
#>
param(
    [Parameter()] [ValidateRange(1, 1024)] [int] $MaxConcurrency,
    [Parameter()] [switch] $AsCompleted,
    [Parameter()] [ValidatePattern('^\d+/\d+$')] [string] $Shard,
    [Parameter()] [ValidateNotNullOrEmpty()] [string] $Journal,
    [Parameter()] [switch] $RetryFailed,
    [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $StopAfterErrors,
    [Parameter()] [ValidateNotNullOrEmpty()] [string] $OutFile,
    [Parameter()] [ValidateNotNullOrEmpty()] [string] $FailedFile,
    [Parameter()] [switch] $DefuseFormulas,
    [Parameter()] [ValidateSet('utf8', 'utf8BOM', 'utf8NoBOM')] [string] $Encoding,
    [Parameter()] [ValidateNotNullOrEmpty()] [string] $LogPath,
    [Parameter()] [switch] $IncludeError
)
