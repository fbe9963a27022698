function Get-ExRunLastRun {
    <#
    .SYNOPSIS
        What the last run over many mailboxes did, in numbers.
    .DESCRIPTION
        A run is a report, a request or a change over many mailboxes. The numbers are there once it has ended, however
        it ended: after its last row, by an error, by Ctrl+C, or because a command behind it wanted no more rows. They
        belong to this session. They are shown as a summary, with the files of the run; Format-List * shows each number.
    .EXAMPLE
        Get-ExRunLastRun

        Shows how it went: how many mailboxes, why those failed that did, how quickly, and where the files are.
    .EXAMPLE
        $ErrorActionPreference = 'Stop'
        Import-Csv mailboxes.csv | Get-MailboxSettingsReport | Export-Csv report.csv -NoTypeInformation
        if ((Get-ExRunLastRun).Failed -gt 0) { exit 2 }

        Lets whoever started the script with pwsh -File know by the exit code how it went: 2 where mailboxes failed, and
        1 where the run did. Without the first line a script goes on after a run that failed, and ends with 0.
    .EXAMPLE
        (Get-ExRunLastRun).Rates | Export-Csv rates.csv -NoTypeInformation

        Shows how many mailboxes were done at each moment.
    .OUTPUTS
        Nothing before the first run; else an object with Command, Tenant, Outcome (Completed, Stopped or Failed), StartedAt,
        Duration, Completed, Succeeded, Failed, Outcomes (how many mailboxes have each outcome: Ok, or the name of an
        error), Recalled (taken from the journal), Duplicates, Skipped (listed, but without a mailbox), OtherShards, Requests, Batches,
        Retries, Throttled, TokenRenewals, Bytes, MailboxesPerSecond, and Rates (AtMs, Completed).
    #>
    [CmdletBinding()]
    [OutputType('ExRun.LastRun')]
    param()

    Enter-Command -Cmdlet $PSCmdlet
    $last = $script:LastRun
    if ($null -eq $last) { return }
    $json = [System.Text.Encoding]::UTF8.GetString($last.Counts)
    $counts = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $json
    $of = { param($Name) if ($null -ne $counts.PSObject.Properties[$Name]) { $counts.$Name } else { 0 } }
    $seconds = $counts.elapsedMs / 1000
    $run = [pscustomobject] @{
        Command            = $last.Command
        Tenant             = $last.Tenant
        Outcome            = $last.Outcome
        StartedAt          = $last.StartedAt
        Duration           = [timespan]::FromMilliseconds($counts.elapsedMs)
        Completed          = $counts.completed
        Succeeded          = $counts.completed - $counts.failed
        Failed             = $counts.failed
        Outcomes           = & $of 'outcomes'
        Recalled           = & $of 'recalled'
        Duplicates         = & $of 'duplicates'
        Skipped            = & $of 'skipped'
        OtherShards        = & $of 'otherShards'
        Requests           = $counts.requests
        Batches            = & $of 'batches'
        Retries            = $counts.retries
        Throttled          = $counts.throttled
        TokenRenewals      = $counts.tokenRenewals
        Bytes              = & $of 'bytes'
        MailboxesPerSecond = if ($seconds -gt 0) { [System.Math]::Round($counts.completed / $seconds, 1) } else { 0 }
        Rates              = @(foreach ($rate in & $of 'rates') { if ($rate -is [psobject]) { [pscustomobject] @{ AtMs = $rate.atMs; Completed = $rate.completed } } })
    }
    # For its view: as a member set they are no property, and no export has them.
    $isListMissing = $null -ne $counts.PSObject.Properties['failedFile'] -and -not $counts.failedFile.written
    $files = foreach ($name in $last.Files.Keys) {
        $shown = if ($name -eq 'FailedFile' -and $isListMissing) { 'FailedFileNotWritten' } else { $name }
        [psnoteproperty]::new($shown, $last.Files[$name])
    }
    $run.PSObject.Members.Add([System.Management.Automation.PSMemberSet]::new('Files', [System.Management.Automation.PSMemberInfo[]] @($files)))
    Add-View -InputObject $run -Name 'ExRun.LastRun'
    return $run
}
