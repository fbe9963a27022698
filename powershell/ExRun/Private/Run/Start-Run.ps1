# Tells the runs of this session from those of other runspaces.
$script:RunOwner = [object]::new()
# When a run first shows its progress, in milliseconds.
$script:FirstProgressMs = 500
# How the rows of a run are shown, by the function that starts it. Those of a report have no view, and stay as the library
# gives them.
$script:RowViews = @{ exrun_report_compare = 'ExRun.ReportChange'; exrun_mailbox_settings_apply = 'ExRun.SettingsChange'; exrun_plan_apply = 'ExRun.PlanChange'; exrun_messages_export = 'ExRun.SavedMessage'; exrun_mailbox_delta = 'ExRun.MailboxChange'; exrun_mailbox_state_plan = 'ExRun.StateDifference'; exrun_contact_sync_plan = 'ExRun.StateDifference'; exrun_event_sync_plan = 'ExRun.StateDifference' }
# Those of the parts of mailboxes, by the library's names of them.
$script:ItemViews = @{
    inboxRules          = 'ExRun.InboxRule'
    calendarPermissions = 'ExRun.CalendarPermission'
    categories          = 'ExRun.Category'
    mailFolders         = 'ExRun.MailFolder'
    contacts            = 'ExRun.Contact'
    messages            = 'ExRun.Message'
    roomUse             = 'ExRun.RoomUse'
}
# Those of sums of a part.
$script:SumViews = @{ mailFolders = 'ExRun.MailFolderSum' }

function Start-Run {
    <#
    .SYNOPSIS
        Starts a stream: of a run over many mailboxes, of a comparison, or of a list of a vault. A session that is not
        shared is freed with it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # Whose work it is; none for what needs no client.
        [psobject] $Session,
        # The function of the library that starts it.
        [Parameter(Mandatory = $true)] [string] $Function,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Request,
        # What progress says is being done.
        [Parameter(Mandatory = $true)] [string] $Activity,
        # What progress says of the library's counts, given those; a run over mailboxes says how many are done.
        [scriptblock] $StatusText,
        # With what Open-RunSession gave; what it counted is kept for Get-ExRunLastRun.
        [switch] $OverMailboxes
    )

    $native = Get-Native
    $bytes = ConvertTo-NativeRequest -Request $Request
    # Read before the run itself writes to it.
    $journal = if ($OverMailboxes) { Get-JournalState -Path $Request['journal'] }
    $files = [ordered] @{}
    foreach ($name in 'OutFile', 'FailedFile', 'Journal', 'UndoFile', 'PlanFile', 'UndoPlan', 'AuditFile') { if ($Request[$name]) { $files[$name] = $Request[$name] } }
    if ($Request['logFile']) { $files['LogPath'] = $Request['logFile'] }
    [long] $stream = 0
    [long] $errorHandle = 0
    try {
        if ($null -ne $Session) {
            $status = $native::$Function($Session.Client, $bytes, $bytes.Length, [ref] $stream, [ref] $errorHandle)
        } else {
            $status = $native::$Function($bytes, $bytes.Length, [ref] $stream, [ref] $errorHandle)
        }
        Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    } finally {
        if ($stream -eq 0) { Close-Session -Session $Session }
    }

    $run = [pscustomobject] @{
        Cmdlet         = $Cmdlet
        Owner          = $script:RunOwner
        Command        = $Cmdlet.MyInvocation.MyCommand.Name
        Native         = $native
        Session        = $Session
        Stream         = $stream
        OverMailboxes  = [bool] $OverMailboxes
        Activity       = $Activity
        # Up to which change of this runspace's connections it is known that the run's is still the one that is meant.
        KnownChange    = (Get-OwnConnection).Number
        StatusText     = $StatusText
        StartedAt      = [datetime]::Now
        # Of the run's journal, where it was there before: its path, and when it was last written to.
        Journal        = $journal
        View           = if ($Request['sum']) { $script:SumViews[$Request['facet']] } elseif ($Request['facet']) { $script:ItemViews[$Request['facet']] } else { $script:RowViews[$Function] }
        # Whether the library finds the mailboxes itself.
        HasSource      = $Request.Contains('source') -or $Request.Contains('plan')
        InputMember    = @()
        # Whether they need not be there.
        OptionalInput  = $false
        # The member among them that says which work a line is.
        Key            = ''
        InputScript    = @{}
        # By which members its input objects name their mailboxes, in order of preference, once the first was seen.
        Columns        = $null
        # Where a person finds what came of it, by the names of the parameters.
        Files          = $files
        # What the library counted in the end, as JSON.
        Counts         = ''
        # What its caller wants to be told. A module sees the preferences of the global scope only.
        Preferences    = @{
            Verbose     = Get-CallerPreference -Cmdlet $Cmdlet -Name 'Verbose'
            Warning     = Get-CallerPreference -Cmdlet $Cmdlet -Name 'Warning'
            Information = Get-CallerPreference -Cmdlet $Cmdlet -Name 'Information'
        }
        # How many rows were emitted.
        RowCount       = 0
        # How often progress was shown.
        ProgressCount  = 0
        # Files to delete with the run.
        TemporaryFiles = @()
        # Values of the command's parameter that have not been handed over, and the lines made of them.
        Waiting        = [System.Collections.Generic.List[object]]::new()
        Buffer         = [System.Text.StringBuilder]::new()
        # How many of them are handed over at a time, where they come quickly: whole requests of twenty.
        Portion        = 1280
        # Whether rows are on their way to the commands behind this one.
        IsEmitting     = $false
        # Which of break and continue one of them has called meanwhile.
        Leaving        = ''
        Clock          = [System.Diagnostics.Stopwatch]::StartNew()
        # When what waits goes over even if it is little.
        NextPush       = 0
        # When progress is shown next; never, where nobody sees it.
        NextProgress   = if ([string] $Cmdlet.SessionState.PSVariable.GetValue('ProgressPreference') -in 'SilentlyContinue', 'Ignore') { [long]::MaxValue } else { $script:FirstProgressMs }
        HasProgress    = $false
    }
    [void] $script:OpenRuns.Add($run)
    if ($OverMailboxes) { Write-RunInformation -Run $run -Text ('{0}, as {1}' -f $Activity, (Format-Actor -Session $Session)) }
    return $run
}
