function Format-LastRun {
    <#
    .SYNOPSIS
        What Get-ExRunLastRun returns as lines that a person reads: what, how many, why not, how quickly, and where it is.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    $of = { param([string] $Name) Get-MemberValue -InputObject $Run -Name $Name -Blank }
    # Those of the numbers that are not null, each in its words.
    $told = { param([System.Collections.IDictionary] $Words) @(foreach ($name in $Words.Keys) { $number = & $of $name; if ($number) { $Words[$name] -f $number } }) -join ', ' }
    $entries = [System.Collections.Generic.List[object]]::new()
    $add = { param([string] $Name, $Text) $texts = @($Text | Microsoft.PowerShell.Core\Where-Object { $_ }); if ($texts.Count) { $entries.Add(@{ Name = $Name; Text = $texts }) } }

    & $add 'Command' (Format-OneLine -Value (& $of 'Command'))
    & $add 'Outcome' (Format-OneLine -Value (& $of 'Outcome'))
    & $add 'Tenant' (Format-OneLine -Value (& $of 'Tenant'))
    & $add 'Started' ('{0:g}, took {1}' -f (& $of 'StartedAt'), (Format-Duration -Duration (& $of 'Duration')))
    & $add 'Mailboxes' ('{0:N0}: {1:N0} succeeded, {2:N0} failed' -f (& $of 'Completed'), (& $of 'Succeeded'), (& $of 'Failed'))
    & $add 'Failures' (Format-Cause -Outcomes (& $of 'Outcomes'))
    & $add 'Of these' (& $told ([ordered] @{ Recalled = '{0:N0} from the journal'; Duplicates = '{0:N0} given before' }))
    & $add 'Left out' (& $told ([ordered] @{ Skipped = '{0:N0} without a mailbox'; OtherShards = '{0:N0} of other shards' }))
    & $add 'Rate' ('{0:N1} a second  {1}' -f (& $of 'MailboxesPerSecond'), (Format-Sparkline -Rate (& $of 'Rates')))
    & $add 'Requests' (& $told ([ordered] @{ Requests = '{0:N0}'; Batches = '{0:N0} of them batches'; Retries = '{0:N0} repeated'; Throttled = '{0:N0} throttled'; TokenRenewals = '{0:N0} new tokens' }))
    & $add 'Files' (Format-RunFile -Run $Run)
    return Format-Line -Entry $entries.ToArray()
}
