function Read-PlanFile {
    <#
    .SYNOPSIS
        What a plan holds, for the question whether it may be done: Path, Count of its lines, and Text; ends the command
        where it is not there, is another kind of file, or has more lines than -Maximum allows.
    .DESCRIPTION
        The library reads each line before anything is sent. Here they are counted, so that nobody is asked in vain.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # Nothing is done.
        [switch] $DryRun
    )

    $path = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Bound['Path']
    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $notOne = '{0} is no plan: {1}; give a file such as Set-ExRunMailboxSettings -PlanFile writes'
        if ((Measure-LongestLine -Path $path -Most 1MB) -gt 1MB) {
            Stop-Attempt (New-ExRunException -Name 'File' -Target $path -Message ($notOne -f $path, ('a line of it is longer than {0} bytes' -f 1MB)))
        }
        $counts = [ordered] @{ create = 0; change = 0; remove = 0 }
        $tenant = $null
        $reader = [System.IO.StreamReader]::new($path)
        try {
            while ($null -ne ($line = $reader.ReadLine())) {
                if (-not $line.Trim()) { continue }
                if ($null -eq $tenant) {
                    if ($line -notmatch '^\s*\{.*"exrunPlan"\s*:') {
                        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $path -Message ($notOne -f $path, 'its first line has no member exrunPlan'))
                    }
                    $tenant = if ($line -match '"tenant"\s*:\s*"([^"]*)"') { $Matches[1] } else { '' }
                } elseif ($line -match '"change"\s*:\s*"(create|change|remove)"') {
                    $counts[$Matches[1]]++
                }
            }
        } finally {
            $reader.Dispose()
        }
        $count = $counts['create'] + $counts['change'] + $counts['remove']
        $told = '{0} to create, {1} to change, {2} to remove' -f $counts['create'], $counts['change'], $counts['remove']
        # Of a share the library knows which lines are its own.
        if (-not $DryRun -and -not $Bound['Shard']) {
            $message = $null
            if ($Bound['Maximum'] -and $count -gt $Bound['Maximum']) {
                $message = 'the plan has more lines than the {0} of -Maximum ({1}), and nothing was sent' -f $Bound['Maximum'], $told
            } elseif ($counts['remove'] -gt 0 -and -not $Bound['Maximum']) {
                $message = 'the plan takes things away ({0}), and nothing was sent: say with -Maximum how many lines may be done' -f $told
            }
            if ($message) { Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Target $path -Message $message) }
        }
        return @{ Path = $path; Count = $count; Text = '{0} of the tenant {1}: {2}' -f [System.IO.Path]::GetFileName($path), $tenant, $told }
    }
}
