function Invoke-ExRunPlan {
    <#
    .SYNOPSIS
        Does what a plan of changes holds, and nothing else, in the tenant that the plan names.
    .DESCRIPTION
        A plan is a file of changes, a line each, such as Set-ExRunMailboxSettings -PlanFile writes. Look at it, and take
        out lines that are not to be done; they are not to be changed. All of it is read before anything is sent: a line
        that cannot be done is an error that says its number, and nothing is done.

        For each line what is there is read first. Where that is what the change was planned from, the change is made;
        where it is what the change leaves, nothing is sent; else the line has Drifted and is left alone. A change whose
        outcome is unknown, because the connection broke, is read back before it is repeated.

        With WhatIf everything is read and nothing written: the rows say what would be done. You are asked once, for the
        whole plan; with -Confirm:$false you are not.

        The app needs the permission of what the plan changes, such as MailboxSettings.ReadWrite.
    .PARAMETER Path
        The file of the plan.
    .PARAMETER Maximum
        The most lines that the plan may have. Needed where it removes something; where there are more, nothing is sent
        and the error says how many lines there are of each change.
    .PARAMETER UndoPlan
        Writes the way back of each change to this file before it is made: a plan, which this command takes back. A run
        that is resumed with its journal goes on in the file that it began with; another one is refused.
    .PARAMETER AuditFile
        Writes to this file what became of each line, chained by hashes: Test-ExRunAudit finds lines that were changed,
        removed or moved. A run that is resumed with its journal goes on in the file that it began with.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate or
        AccessToken, a connection made by Connect-ExRun is used.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER TenantId
        With CertFileName or Certificate: the app's tenant, its id or one of its domains. Get-AppSettings says it where
        it is not given.
    .PARAMETER ClientId
        With CertFileName or Certificate: the application's id. Get-AppSettings says it where it is not given.
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
    .PARAMETER ExpectTenant
        The tenant that the token must be of, its id or one of its domains: for any other nothing is sent.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER Connection
        The name of the connection to use.
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
    .EXAMPLE
        Import-Csv mailboxes.csv | Set-ExRunMailboxSettings -TimeZone UTC -PlanFile plan.jsonl
        Invoke-ExRunPlan plan.jsonl -Maximum 500 -Journal run.db -UndoPlan undo.jsonl -AuditFile audit.jsonl
        Test-ExRunAudit audit.jsonl

        Plans a change, does it, and shows that the record of it is whole.
    .EXAMPLE
        $plan = Get-Content plan.jsonl
        $plan[0], ($plan | Select-Object -Skip 1 | Where-Object { ($_ | ConvertFrom-Json).mailbox -like '*@contoso.com' }) | Write-Output | Set-Content part.jsonl
        Invoke-ExRunPlan part.jsonl -WhatIf | Where-Object Outcome -ne WouldDo

        Keeps the first line and some of the others, as they stand, and shows which of them would not be done.
    .EXAMPLE
        Invoke-ExRunPlan undo.jsonl -Maximum 500

        Takes a plan back: what somebody has changed since stays as it is.
    .OUTPUTS
        Objects with MailboxName, Facet, Key, Change (Create, Change or Remove), Outcome (Done, Unchanged, AlreadyGone,
        Drifted, WouldDo, Failed or OutcomeUnknown) and Line, the number of the plan's line. Nothing with OutFile.
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('ExRun.PlanChange')]
    param(
        [Parameter(Position = 0, Mandatory = $true)] [ValidateNotNullOrEmpty()] [string] $Path,
        [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $Maximum,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $UndoPlan,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $AuditFile,
        # shared: sign-in
        [Parameter()] [string] $CertFileName,
        [Parameter()] [securestring] $password,
        [Parameter()] [string] $TenantId,
        [Parameter()] [string] $ClientId,
        [Parameter()] [psobject] $AccessToken,
        [Parameter()] [string] $ExpectTenant,
        # end: sign-in
        # shared: certificate
        [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        # shared: connection
        [Parameter()] [string] $Connection,
        # end: connection
        # shared: run
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
        # end: run
    )

    end {
        Enter-Command -Cmdlet $PSCmdlet
        # A module sees the preferences of the global scope only; those of a script or function count here as well.
        $preferences = $PSCmdlet.SessionState.PSVariable
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = Get-RunErrorAction -Cmdlet $PSCmdlet -HeedStop }
        if (-not $PSBoundParameters.ContainsKey('WhatIf')) { $WhatIfPreference = [bool] $preferences.GetValue('WhatIfPreference') }
        if (-not $PSBoundParameters.ContainsKey('Confirm')) { $ConfirmPreference = $preferences.GetValue('ConfirmPreference', 'High') }
        $plan = Read-PlanFile -Cmdlet $PSCmdlet -Bound $PSBoundParameters -DryRun:$WhatIfPreference
        $open = New-PlanRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Path $plan.Path -DryRun:$WhatIfPreference
        $session = $null
        if (-not $WhatIfPreference) {
            $agreed = Confirm-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Count $plan.Count -Action 'Do the plan' -Target $plan.Text
            if ($null -eq $agreed) { return }
            $session = $agreed.Session
        }
        $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Session $session @open
        # Says how many changes it is about; what would be done, the rows say.
        if ($WhatIfPreference) { [void] $PSCmdlet.ShouldProcess($plan.Text, 'Do the plan, as ' + (Format-Actor -Session $run.Session)) }
        Complete-Run -Run $run
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
