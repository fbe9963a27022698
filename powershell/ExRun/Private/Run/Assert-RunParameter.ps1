function Assert-RunParameter {
    <#
    .SYNOPSIS
        Throws where parameters of a run command do not go together. The library would refuse them too, in the words of
        its own requests.
    #>
    [CmdletBinding()]
    param(
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    if ($Bound.ContainsKey('All') -and -not $Bound['All']) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'no mailboxes were given, and -All is false: give -Mailboxes, -Group or -All')
    }
    $needs = @{ RetryFailed = 'Journal'; RetryUnknown = 'Journal'; Key = 'Journal' }
    foreach ($name in $needs.Keys) {
        if ($Bound[$name] -and -not $Bound[$needs[$name]]) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('-{0} needs -{1}' -f $name, $needs[$name]))
        }
    }
    if ($Bound['Key']) {
        foreach ($name in 'All', 'Group', 'Restore') {
            if ($Bound[$name]) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
                    '-Key goes with -Mailboxes: what -{0} finds has no member {1}' -f $name, $Bound['Key']))
            }
        }
    }
    Assert-OutFileParameter -Bound $Bound
    $failedFile = $Bound['FailedFile']
    if ($failedFile -and [System.IO.Path]::GetExtension($failedFile) -ne '.csv') {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $failedFile -Message (
            '-FailedFile {0}: must end in .csv: it is a table of the mailboxes that failed and why, which Import-Csv reads' -f $failedFile))
    }
}
