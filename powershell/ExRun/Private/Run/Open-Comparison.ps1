function Open-Comparison {
    <#
    .SYNOPSIS
        Opens the stream that compares two reports, or ends the command with the reason why not.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [AllowNull()] [object] $Old,
        [AllowNull()] [object] $New,
        [string] $Key,
        [string[]] $Ignore,
        # The command's bound parameters, for what they say of a file of rows.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $temporary = [System.Collections.Generic.List[string]]::new()
    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $isOpen = $false
        try {
            Assert-OutFileParameter -Bound $Bound
            $request = @{ format = 'block'; blockAfter = (Get-DocumentRowCount) }
            if ($Key) { $request['key'] = $Key }
            if ($Ignore) { $request['ignore'] = $Ignore }
            Add-OutFileMember -Cmdlet $Cmdlet -Bound $Bound -Request $request
            foreach ($side in @{ Name = 'old'; Report = $Old }, @{ Name = 'new'; Report = $New }) {
                if ($side.Report -is [string]) {
                    $request[$side.Name] = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $side.Report
                } elseif ($side.Report -is [System.IO.FileInfo]) {
                    $request[$side.Name] = $side.Report.FullName
                } elseif ($side.Report -is [System.Management.Automation.PathInfo]) {
                    $request[$side.Name] = $side.Report.ProviderPath
                } else {
                    $request[$side.Name] = Export-TemporaryReport -Row $side.Report
                    $temporary.Add($request[$side.Name])
                    # A page is not to call it by the name of a file that nobody has seen.
                    $request[$side.Name + 'Name'] = 'rows of the session'
                }
            }
            $run = Start-Run -Cmdlet $Cmdlet -Function 'exrun_report_compare' -Request $request -Activity 'Comparing reports' `
                -StatusText { param($Counts) '{0} rows of the old report, {1} of the new one' -f $Counts.oldRows, $Counts.newRows }
            $run.TemporaryFiles = $temporary
            $isOpen = $true
            return $run
        } finally {
            if (-not $isOpen) { foreach ($file in $temporary) { [System.IO.File]::Delete($file) } }
        }
    }
}
