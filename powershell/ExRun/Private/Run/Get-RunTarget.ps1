function Get-RunTarget {
    <#
    .SYNOPSIS
        What a run is about to change, for the question whether it may: Text, and Count of the mailboxes. Ends the
        command where they are more than -Maximum.
    .DESCRIPTION
        Mailboxes that the library finds itself are listed to be counted, as the run will list them.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # How many mailboxes were given.
        [Parameter(Mandatory = $true)] [int] $Count,
        # What Open-RunSession gave; null where a dry run goes without.
        [AllowNull()] [psobject] $Session
    )

    $text = $null
    if ($Bound['Group']) { $text = 'the mailboxes of the group {0}' -f $Bound['Group'] }
    if ($Bound['All']) {
        $text = 'every mailbox of the tenant'
        if ($Bound['Filter']) { $text += ' with ' + $Bound['Filter'] }
        if ($Bound['Top']) { $text += ', {0} at most' -f $Bound['Top'] }
    }
    if ($text -and $null -eq $Session) { return @{ Text = $text; Count = $null; IsListed = $false } }
    # Of mailboxes that were given the library knows which are the share's.
    $isCounted = $text -or -not $Bound['Shard']
    $number = Use-Session $Session -Keep -Do {
        Invoke-Guarded -Cmdlet $Cmdlet -Do {
            [long] $number = $Count
            if ($text) {
                $run = New-RunRequest -Cmdlet $Cmdlet -Bound $Bound
                $request = @{ source = $run['source'] }
                if ($run['shard']) { $request['shard'] = $run['shard'] }
                $number = (Invoke-NativeOperation -Function 'exrun_mailboxes_count' -Request $request -Session $Session).mailboxes
            }
            if ($isCounted -and $Bound['Maximum'] -and $number -gt $Bound['Maximum']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
                    'the run is about {0} mailboxes, more than the {1} of -Maximum, and nothing was sent' -f $number, $Bound['Maximum']))
            }
            $number
        }
    }
    $counted = '{0} {1}' -f $number, $(if ($number -eq 1) { 'mailbox' } else { 'mailboxes' })
    if (-not $isCounted) { $counted = 'share {0} of {1}' -f $Bound['Shard'], $counted }
    return @{ Text = $(if ($text) { "${text}: $counted" } else { $counted }); Count = $number; IsListed = [bool] $text }
}
