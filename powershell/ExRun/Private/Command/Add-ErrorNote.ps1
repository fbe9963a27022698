function Add-ErrorNote {
    <#
    .SYNOPSIS
        An error record with a further sentence in its message; the record itself where there is none to add.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.ErrorRecord])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.ErrorRecord] $Record,
        [AllowNull()] [AllowEmptyString()] [string] $Note
    )

    if (-not $Note) { return $Record }
    $exception = [System.InvalidOperationException]::new(('{0}; {1}' -f $Record.Exception.Message, $Note), $Record.Exception.InnerException)
    foreach ($member in @($Record.Exception.Data.Keys)) { $exception.Data[$member] = $Record.Exception.Data[$member] }
    return [System.Management.Automation.ErrorRecord]::new($exception, ($Record.FullyQualifiedErrorId -split ',')[0],
        $Record.CategoryInfo.Category, $Record.TargetObject)
}
